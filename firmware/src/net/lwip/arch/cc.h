#ifndef AIRLIFT_LWIP_CC_H
#define AIRLIFT_LWIP_CC_H
/* What lwIP asks of compiler and system (its arch.h); all of it in lwip_system.cpp. */

#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif
uint32_t airlift_lwip_random(void);
void airlift_lwip_stop(const char* reason);
#ifdef __cplusplus
}
#endif

#define LWIP_RAND() airlift_lwip_random()
#define LWIP_PLATFORM_DIAG(message) /* what it would tell is told by the classes around it */
#define LWIP_PLATFORM_ASSERT(reason) airlift_lwip_stop(reason)

#endif
