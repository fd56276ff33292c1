#include "airlift_posix/curl_error.hpp"

#include <algorithm>
#include <array>

namespace airlift::posix {
namespace {

struct Row {
  CURLcode code;
  UpdateError error;
};
constexpr std::array<Row, 27> rows{{
    {CURLE_COULDNT_RESOLVE_HOST, UpdateError::name_not_found},
    {CURLE_COULDNT_CONNECT, UpdateError::no_connection},
    {CURLE_OPERATION_TIMEDOUT, UpdateError::no_connection},  // the only time-out in force is the connection's
    {CURLE_INTERFACE_FAILED, UpdateError::no_connection},
    {CURLE_COULDNT_RESOLVE_PROXY, UpdateError::proxy_failed},
    {CURLE_PROXY, UpdateError::proxy_failed},
    {CURLE_PARTIAL_FILE, UpdateError::connection_lost},
    {CURLE_GOT_NOTHING, UpdateError::connection_lost},
    {CURLE_SEND_ERROR, UpdateError::connection_lost},
    {CURLE_RECV_ERROR, UpdateError::connection_lost},
    {CURLE_NO_CONNECTION_AVAILABLE, UpdateError::connection_lost},
    {CURLE_SSL_CONNECT_ERROR, UpdateError::tls_failed},
    {CURLE_SSL_ENGINE_NOTFOUND, UpdateError::tls_failed},
    {CURLE_SSL_ENGINE_SETFAILED, UpdateError::tls_failed},
    {CURLE_SSL_ENGINE_INITFAILED, UpdateError::tls_failed},
    {CURLE_SSL_CERTPROBLEM, UpdateError::tls_failed},
    {CURLE_SSL_CIPHER, UpdateError::tls_failed},
    {CURLE_SSL_CACERT_BADFILE, UpdateError::tls_failed},
    {CURLE_SSL_SHUTDOWN_FAILED, UpdateError::tls_failed},
    {CURLE_SSL_CRL_BADFILE, UpdateError::tls_failed},
    {CURLE_SSL_ISSUER_ERROR, UpdateError::tls_failed},
    {CURLE_SSL_CLIENTCERT, UpdateError::tls_failed},
    {CURLE_SSL_PINNEDPUBKEYNOTMATCH, UpdateError::tls_failed},
    {CURLE_SSL_INVALIDCERTSTATUS, UpdateError::tls_failed},
    {CURLE_PEER_FAILED_VERIFICATION, UpdateError::tls_failed},
    {CURLE_USE_SSL_FAILED, UpdateError::tls_failed},
    {CURLE_ABORTED_BY_CALLBACK,
     UpdateError::tls_failed},  // nothing is asked of whom ServerTrust has not seen
}};

}  // namespace

UpdateError error_of(CURLcode code) {
  const auto* const row =
      std::find_if(rows.begin(), rows.end(), [&](const Row& candidate) { return candidate.code == code; });
  // The rest is no HTTP answer, or refused by our own callbacks. A line that is too long comes as
  // CURLE_OUT_OF_MEMORY (lib/dynbuf.c).
  return row == rows.end() ? UpdateError::bad_response : row->error;
}

}  // namespace airlift::posix
