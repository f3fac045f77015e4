// SPDX-License-Identifier: Apache-2.0
// `deskwire init`: a first configuration from questions or flags.
#pragma once
#include <expected>
#include <iosfwd>
#include <string>
#include <vector>

namespace deskwire::config {

/// Empty: not answered yet.
struct InitAnswers {
  std::string name;  ///< The desk's.
  std::string public_url;
  std::string zone;
  std::string mailbox;    ///< "support@example.com"
  std::string smarthost;  ///< "host" or "host:port"
};

/// What stands for a question that is not answered.
InitAnswers init_defaults();
/// Asks what is still empty, offering the default; a wrong answer is told and asked again. False
/// when the input ended or one question got five wrong answers.
bool ask(InitAnswers& answers, std::istream& in, std::ostream& out);
/// The file's text, defaults for empty answers; or what is wrong, one line an answer. What it
/// returns passes load().
std::expected<std::string, std::vector<std::string>> first_configuration(InitAnswers answers);

}  // namespace deskwire::config
