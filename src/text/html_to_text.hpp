// SPDX-License-Identifier: Apache-2.0
// Readable plain text from a mail's HTML: paragraphs, lists, quotes and links survive; scripts,
// styles and what is hidden do not.
#pragma once
#include <string>
#include <string_view>

namespace deskwire::text {

/// Total and bounded: reads at most 512 KiB of UTF-8 HTML, gives at most 64 KiB of UTF-8 text,
/// recurses only into documents that a look beforehand found tame. Others are stripped of tags
/// without building a tree.
[[nodiscard]] std::string html_to_text(std::string_view html);

}  // namespace deskwire::text
