// SPDX-License-Identifier: Apache-2.0
#include "channels/email/data_reader.hpp"

#include <algorithm>
#include <cstring>

namespace deskwire::email {

bool DataReader::read(std::string_view& input, std::string& out) {
  while (!input.empty()) {
    if (at_ == At::inside || (at_ == At::line_start && framing_ == Framing::counted))
      take_run(input, out);
    if (input.empty()) break;
    const char c = input.front();
    input.remove_prefix(1);
    if (step(c, out)) return true;
  }
  return false;
}

void DataReader::finish(std::string& out) {
  if (at_ == At::cr) bare(out);
  at_ = At::inside;
}

/// The common case: everything up to the next CR or LF goes over in one piece.
void DataReader::take_run(std::string_view& input, std::string& out) {
  const auto* cr = static_cast<const char*>(std::memchr(input.data(), '\r', input.size()));
  const std::size_t before_cr = cr ? static_cast<std::size_t>(cr - input.data()) : input.size();
  const auto* lf = static_cast<const char*>(std::memchr(input.data(), '\n', before_cr));
  const std::size_t run = lf ? static_cast<std::size_t>(lf - input.data()) : before_cr;
  if (run == 0) return;
  out.append(input.substr(0, run));
  input.remove_prefix(run);
  at_ = At::inside;
  line_ += run;
  longest_ = std::max(longest_, line_);
}

bool DataReader::step(char c, std::string& out) {
  switch (at_) {
    case At::dot_cr:
      if (c == '\n') return true;
      bare(out);  // ".<CR>x": the dot was a transparency dot, the CR a bare one.
      break;
    case At::cr:
      if (c == '\n') {
        out.append("\r\n");
        end_line();
        at_ = At::line_start;
        return false;
      }
      bare(out);
      break;
    case At::line_start:
      if (c == '.' && framing_ == Framing::dots) {
        at_ = At::dot;
        return false;
      }
      break;
    case At::dot:
      if (c == '\r') {
        at_ = At::dot_cr;
        return false;
      }
      break;
    case At::inside:
      break;
  }
  if (c == '\r') {
    at_ = At::cr;
    return false;
  }
  at_ = At::inside;
  if (c == '\n') {
    bare(out);
    return false;
  }
  out.push_back(c);
  longest_ = std::max(longest_, ++line_);
  return false;
}

void DataReader::bare(std::string& out) {
  bare_ = true;
  if (mode_ == BareLineEnds::normalise) out.append("\r\n");
  end_line();
}

void DataReader::end_line() { line_ = 0; }

}  // namespace deskwire::email
