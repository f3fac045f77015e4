// SPDX-License-Identifier: Apache-2.0
// Takes a mail's body off the wire: removes the transparency dots, finds the end, and watches line
// ends. Only CRLF.CRLF ends DATA; no other sequence ever does, in either mode, which is what keeps
// smuggled mails inside the mail that carries them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace deskwire::email {

/// What happens to a CR or LF that is not part of a CRLF.
enum class BareLineEnds : std::uint8_t {
  refuse,     ///< The mail is refused once its end was found.
  normalise,  ///< Each becomes CRLF; the line it begins is never taken for the end of data.
};

class DataReader {
 public:
  enum class Framing : std::uint8_t {
    dots,     ///< DATA: ends with CRLF.CRLF, lines that begin with a dot carry one too many.
    counted,  ///< BDAT: the caller counts octets; dots mean nothing.
  };

  DataReader(Framing framing, BareLineEnds mode) : framing_(framing), mode_(mode) {}

  /// Moves bytes from `input` to `out` until the input is used up or the end is found; true at the
  /// end, with what follows it still in `input`.
  bool read(std::string_view& input, std::string& out);
  /// No more will come (`BDAT … LAST`): a CR that still waited for its LF was a bare one.
  void finish(std::string& out);

  [[nodiscard]] bool saw_bare_line_end() const { return bare_; }
  /// Of any line so far, without its line end.
  [[nodiscard]] std::size_t longest_line_bytes() const { return longest_; }

 private:
  /// What the bytes so far say about the next one. `line_start` only ever follows a real CRLF (or
  /// the DATA command's).
  enum class At : std::uint8_t { line_start, dot, dot_cr, inside, cr };

  bool step(char c, std::string& out);
  void take_run(std::string_view& input, std::string& out);
  void bare(std::string& out);
  void end_line();

  Framing framing_;
  BareLineEnds mode_;
  At at_ = At::line_start;
  bool bare_ = false;
  std::size_t line_ = 0;
  std::size_t longest_ = 0;
};

}  // namespace deskwire::email
