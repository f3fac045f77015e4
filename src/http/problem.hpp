// SPDX-License-Identifier: Apache-2.0
// Errors as problem+json (RFC 9457) with a `code` that programs may rely on, and the one place that
// maps refusals to statuses.
#pragma once
#include <string_view>

#include "deskwire/base/instant.hpp"
#include "deskwire/domain/refusal.hpp"
#include "http/message.hpp"
#include "runtime/gateway.hpp"

namespace deskwire {

/// `code` is a snake_case word, `detail` a sentence for people without anything secret in it.
[[nodiscard]] HttpResponse problem(std::uint16_t status, std::string_view code,
                                   std::string_view detail);
/// 429 or 503 with Retry-After in whole seconds, at least 1.
[[nodiscard]] HttpResponse problem_retry(std::uint16_t status, std::string_view code,
                                         std::string_view detail, Duration after);
[[nodiscard]] HttpResponse problem_for(Refusal refusal);
/// For a submission that is not `done`.
[[nodiscard]] HttpResponse problem_for(const Submission& submission);
/// What a refusal means, as one sentence.
[[nodiscard]] std::string_view sentence(Refusal refusal);

}  // namespace deskwire
