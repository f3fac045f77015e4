// SPDX-License-Identifier: Apache-2.0
// Lays plain text out while a document is walked: collapses white space, keeps lines and paragraphs
// apart, prefixes quotes.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace deskwire::text {

class TextWriter {
 public:
  explicit TextWriter(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  void words(std::string_view text);      ///< White space in it collapses.
  void verbatim(std::string_view text);   ///< Keeps it (inside <pre>).
  void line();                            ///< The next text starts on a new line.
  void paragraph();                       ///< … after an empty line.
  void line_break();                      ///< An explicit one; several add up.
  void quote(int by) { quotes_ += by; }   ///< Opens (+1) or closes (-1) a quotation.
  void indent(int by) { indent_ += by; }  ///< Of list items, in steps.
  [[nodiscard]] bool full() const { return out_.size() >= max_bytes_; }
  [[nodiscard]] std::string take();

 private:
  void put(std::string_view text);

  std::size_t max_bytes_;
  std::string out_;
  int feeds_ = 0;       ///< Line ends owed before the next text.
  bool blank_ = false;  ///< A blank owed.
  int quotes_ = 0, indent_ = 0;
};

}  // namespace deskwire::text
