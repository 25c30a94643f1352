// For the tests alone. ML-KEM is there since OpenSSL 3.5.
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#if OPENSSL_VERSION_NUMBER < 0x30500000L
#error "The stand-in for CryptoKit needs OpenSSL 3.5 or later."
#endif

// A macro that Swift does not see.
static const int keypair_selection = EVP_PKEY_KEYPAIR;
