#pragma once
// A look-alike of the IDF's header ("Non-Volatile Storage Library"): blobs, each a file that is replaced as a
// whole.

#include <cstddef>
#include <cstdint>

#include "esp_err.h"

constexpr std::size_t NVS_KEY_NAME_MAX_SIZE{16};
constexpr esp_err_t ESP_ERR_NVS_NOT_FOUND{0x1102};

using nvs_handle_t = std::uint32_t;
enum nvs_open_mode_t { NVS_READONLY, NVS_READWRITE };

esp_err_t nvs_open(const char* name_space, nvs_open_mode_t mode, nvs_handle_t* handle);
void nvs_close(nvs_handle_t handle);
esp_err_t nvs_get_blob(nvs_handle_t handle, const char* key, void* into, std::size_t* size);
esp_err_t nvs_set_blob(nvs_handle_t handle, const char* key, const void* bytes, std::size_t size);
esp_err_t nvs_erase_key(nvs_handle_t handle, const char* key);
esp_err_t nvs_commit(nvs_handle_t handle);
