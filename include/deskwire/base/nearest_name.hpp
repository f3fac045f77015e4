// SPDX-License-Identifier: Apache-2.0
// "Did you mean …?": the known name closest to one that a person mistyped.
#pragma once
#include <span>
#include <string_view>

namespace deskwire {

/// The candidate within an edit distance of a third of its length (swapped neighbours count once),
/// else empty. Words longer than 64 bytes have no near name.
std::string_view nearest_name(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace deskwire
