// SPDX-License-Identifier: Apache-2.0
// A look at HTML before a tree is built from it. The rules of HTML let 100 KiB of tags become
// millions of nodes or a tree ten thousand levels deep; such documents are nobody's letter.
#pragma once
#include <string>
#include <string_view>

namespace deskwire::text {

/// Whether the tree will stay small: bounded depth, and few formatting elements left open to be
/// repeated.
[[nodiscard]] bool is_tame(std::string_view html);
/// The text between the tags, without scripts and styles; the common entities decoded. No tree,
/// linear.
[[nodiscard]] std::string strip_tags(std::string_view html, std::size_t max_bytes);

}  // namespace deskwire::text
