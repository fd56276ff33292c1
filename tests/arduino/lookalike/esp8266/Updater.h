#pragma once
#define U_FLASH 0
#define U_FS 100
