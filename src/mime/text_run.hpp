// SPDX-License-Identifier: Apache-2.0
// Builds the readable text of a header field from its pieces: plain bytes of unknown charset,
// encoded words (RFC 2047), and the white space between them, which counts between plain pieces and
// vanishes between encoded words.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace deskwire::mime {

/// `=?charset*language?Q?payload?=` at the start of a text.
struct EncodedWord {
  std::string_view charset;  ///< Without the language of RFC 2231 §5.
  bool base64 = false;
  std::string_view payload;  ///< Still encoded; may be folded, as broken mailers do.
  std::size_t bytes = 0;     ///< Length of the whole word.
};

/// Reads words of one value. Remembers that no word ends after some point, so that a text full of
/// beginnings is not searched again and again.
class WordReader {
 public:
  [[nodiscard]] std::optional<EncodedWord> read(std::string_view text);

 private:
  const char* no_end_after_ = nullptr;
};

class TextRun {
 public:
  /// `loose`: encoded words glued to plain text get a blank between them (unstructured fields and
  /// names); parameters must not.
  explicit TextRun(bool loose = true) : loose_(loose) {}

  void plain(char c);
  void word(const EncodedWord& word);
  /// A blank that was written; several add up.
  void blank(char c) { gap_ += c; }
  /// A folded line end: loosely one blank, whatever stands around it; otherwise nothing, but no
  /// blank counts between words there.
  void fold() { folded_ = true; }
  [[nodiscard]] bool empty() const { return last_ == Last::none; }
  /// The text so far; starts anew.
  [[nodiscard]] std::string take();

 private:
  enum class Last : std::uint8_t { none, plain, word };
  void flush();
  void close_gap(bool before_word);

  bool loose_;
  Last last_ = Last::none;
  std::string out_, gap_;
  bool folded_ = false;
  std::string
      pending_;  ///< Bytes not yet decoded: a run of plain bytes, or of words of one charset.
  std::string pending_charset_;
};

/// True if `text` starts with a line end that continues the field (followed by a blank or tab);
/// `bytes` is then its length with all the white space after it.
[[nodiscard]] std::optional<std::size_t> fold_at(std::string_view text);
/// The raw value up to where the field ends: a line end that nothing continues.
[[nodiscard]] std::string_view one_field(std::string_view raw);

/// An unstructured field (RFC 5322 §2.2.1): unfolded, decoded, trimmed.
[[nodiscard]] std::string decode_unstructured(std::string_view raw);

}  // namespace deskwire::mime
