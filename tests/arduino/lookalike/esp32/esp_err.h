#pragma once
// A look-alike of the IDF's header, written from its documentation: what the adapter uses of it.

using esp_err_t = int;
constexpr esp_err_t ESP_OK{0};
constexpr esp_err_t ESP_FAIL{-1};
constexpr esp_err_t ESP_ERR_INVALID_SIZE{0x104};
constexpr esp_err_t ESP_ERR_OTA_VALIDATE_FAILED{0x1503};
