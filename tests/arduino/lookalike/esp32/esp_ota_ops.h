#pragma once
// A look-alike of the IDF's header ("Over The Air Updates"): the boot partition, and the loader's rollback.

#include "esp_partition.h"

const esp_partition_t* esp_ota_get_running_partition();
/// Takes a partition that begins as an image does.
esp_err_t esp_ota_set_boot_partition(const esp_partition_t* partition);
esp_err_t esp_ota_mark_app_valid_cancel_rollback();
