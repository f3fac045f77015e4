// SPDX-License-Identifier: Apache-2.0
// Session tokens: 32 random bytes, told to the client once. Only their SHA-256 is kept, so a copy
// of the store opens no session.
#pragma once
#include <string>
#include <string_view>

namespace deskwire {

/// A fresh token, 43 characters of base64url.
[[nodiscard]] std::string draw_session_token();
/// Has the shape of a token; anything else need not be looked up.
[[nodiscard]] bool looks_like_session_token(std::string_view token);
/// Hex SHA-256, the key of a session row.
[[nodiscard]] std::string session_token_hash(std::string_view token);
/// Equal in a time that does not depend on where they differ.
[[nodiscard]] bool equal_secrets(std::string_view a, std::string_view b);

}  // namespace deskwire
