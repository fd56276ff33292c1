#ifndef AIRLIFT_LWIPOPTS_H
#define AIRLIFT_LWIPOPTS_H
/* lwIP 2.1 for a device of Airlift: raw API in one loop, IPv4, no heap. Names and defaults: lwIP's opt.h. */

#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0
#define LWIP_IPV6 0
#define LWIP_STATS 0
#define LWIP_RAW 0

/* Memory: pools of fixed size only, those for mem_malloc() in lwippools.h. */
#define MEM_ALIGNMENT __SIZEOF_POINTER__
#define MEM_LIBC_MALLOC 0
#define MEMP_MEM_MALLOC 0
#define MEM_USE_POOLS 1
#define MEMP_USE_CUSTOM_POOLS 1
#define MEM_USE_POOLS_TRY_BIGGER_POOL 1

/* What arrives lies in these until it is read; a stream holds a dozen at most (LwipStream). */
#define PBUF_POOL_SIZE 64

/* A frame at a time: nothing we send or take is longer. */
#define IP_REASSEMBLY 0
#define IP_FRAG 0

#define TCP_MSS 1460
/* The LAN9118 has room for 10.5 KB and drops what comes beyond it without a word. */
#define TCP_WND (7 * TCP_MSS)
#define TCP_SND_BUF (4 * TCP_MSS)
#define TCP_SND_QUEUELEN 16
#define MEMP_NUM_TCP_SEG 64
#define TCP_OOSEQ_MAX_PBUFS 8
#define TCP_LISTEN_BACKLOG 1
/* Streams of the upload and of the page, those that wait, and those that only have to be closed. */
#define MEMP_NUM_TCP_PCB 24
#define MEMP_NUM_TCP_PCB_LISTEN 6
/* A port can be listened on anew while connections of it are still there. */
#define SO_REUSE 1

#define MEMP_NUM_UDP_PCB 8
/* An invitation is answered and its sender connected to at once, before his hardware address is known. */
#define ARP_QUEUEING 1
#define MEMP_NUM_ARP_QUEUE 8
#define ARP_QUEUE_LEN 4
#define MEMP_NUM_SYS_TIMEOUT (LWIP_NUM_SYS_TIMEOUT_INTERNAL + 2)

#define LWIP_DHCP 1
/* Takes a second, and no server gives an address away twice. */
#define DHCP_DOES_ARP_CHECK 0
/* Without a server a link-local address, after 2 + 4 + 8 s. */
#define LWIP_AUTOIP 1
#define LWIP_DHCP_AUTOIP_COOP 1
#define LWIP_DHCP_AUTOIP_COOP_TRIES 3

#define LWIP_IGMP 1
#define LWIP_MDNS_RESPONDER 1
#define MDNS_MAX_SERVICES 4
#define LWIP_NUM_NETIF_CLIENT_DATA 1
#define LWIP_NETIF_EXT_STATUS_CALLBACK 1

/* The contract tests are their own peers. */
#define LWIP_HAVE_LOOPIF 1
#define LWIP_NETIF_LOOPBACK 1
#define LWIP_LOOPBACK_MAX_PBUFS 32

/* Whoever can guess the first sequence number can speak for a peer (RFC 6528). */
#define LWIP_HOOK_TCP_ISN(local_ip, local_port, remote_ip, remote_port) airlift_lwip_random()

#endif
