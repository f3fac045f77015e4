// SPDX-License-Identifier: Apache-2.0
// What kind of line each line of a reply is, in the habits of a few dozen mail programs and
// languages.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace deskwire::text {

enum class Line : char {
  empty = 'e',
  quote = 'q',   ///< Starts with '>'.
  dashes = 'd',  ///< "-- ", what a signature begins with.
  rule = 'r',    ///< "_______", "*****".
  device = 's',  ///< "Sent from my iPhone".
  intro = 'b',   ///< "On …, … wrote:", "----- Original Message -----": a quoted mail follows.
  field = 'h',   ///< "From: …" and the like.
  text = 't',
};

/// Lines without their ends.
[[nodiscard]] std::vector<std::string_view> split_lines(std::string_view text);
/// One kind a line. An intro that was wrapped over several lines is an intro in each of them.
[[nodiscard]] std::vector<Line> classify_lines(const std::vector<std::string_view>& lines);

}  // namespace deskwire::text
