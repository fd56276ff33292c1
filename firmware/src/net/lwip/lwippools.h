/* What lwIP's mem_malloc() gives: number and size of pieces. */
LWIP_MALLOC_MEMPOOL_START
LWIP_MALLOC_MEMPOOL(32, 256)  /* acknowledgements, short answers, DHCP's and AutoIP's state */
LWIP_MALLOC_MEMPOOL(8, 640)   /* mDNS: the host and its services; middling packets */
LWIP_MALLOC_MEMPOOL(24, 1600) /* a full frame */
LWIP_MALLOC_MEMPOOL_END
