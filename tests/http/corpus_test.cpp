// SPDX-License-Identifier: Apache-2.0
// Outside material against our entrances: JSON that must or must not be read, HTTP requests as
// another parser judges them.
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <filesystem>
#include <sstream>

#include "http/http_server.hpp"
#include "http/json.hpp"
#include "support/corpus.hpp"
#include "support/hex.hpp"
#include "support/http_client.hpp"

using namespace deskwire;
using namespace deskwire::test;
namespace json = boost::json;

namespace {

std::vector<json::object> lines_of(const std::filesystem::path& path) {
  std::vector<json::object> out;
  std::istringstream in(read_file(path));
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) out.push_back(json::parse(line).as_object());
  return out;
}

/// Answers 200 to whatever was understood as a request.
void understand_everything(Router& router) {
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE"})
    for (const char* pattern : {"/", "/{*}"})
      router.add(Route{.method = method,
                       .pattern = pattern,
                       .handle = [](HttpRequest&) -> boost::asio::awaitable<HttpResponse> {
                         co_return HttpResponse{};
                       },
                       .body_limit = 1u << 20,
                       .same_origin = false});
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t n = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("the JSON entrance takes what it must and refuses what it must") {
  const auto folder = corpus("hostile/json/test_parsing");
  if (!folder) return;
  for (const auto& entry : std::filesystem::directory_iterator(*folder)) {
    const std::string name = entry.path().filename().string();
    const bool taken = parse_json(read_file(entry.path())).has_value();
    INFO(name);
    if (name.starts_with("y_")) CHECK(taken);
    if (name.starts_with("n_")) CHECK_FALSE(taken);
  }
}

TEST_CASE("no request is understood as more than another parser sees in it") {
  const auto file = corpus("hostile/http_llhttp.jsonl");
  if (!file) return;
  RunningServer server({}, understand_everything);
  for (const json::object& row : lines_of(*file)) {
    if (row.at("type") != "request" && row.at("type") != "request-finish") continue;
    const std::string bytes = from_hex(row.at("input_hex").as_string());
    if (bytes.find("```") != std::string::npos) continue;     // Mangled: holds its own log.
    if (row.at("name") == "Spaces before headers") continue;  // Unfolded as RFC 9112 §5.2 allows.
    HttpClient client(server.port);
    client.send(bytes);
    client.end_sending();
    const std::string answers = client.read_to_end();
    INFO(row.at("file") << ": " << row.at("name") << "\n" << bytes << "\n-> " << answers);
    CHECK(count(answers, "HTTP/1.1 200 OK\r\n") <=
          row.at("messages_complete").to_number<std::size_t>());
  }
  CHECK(ask(server.port, "GET", "/").status == 200);
}

TEST_CASE("requests meant for lenient parsers and answers sent as requests do no harm") {
  const auto file = corpus("hostile/http_llhttp.jsonl");
  if (!file) return;
  RunningServer server({}, understand_everything);
  for (const json::object& row : lines_of(*file)) {
    HttpClient client(server.port);
    client.send(from_hex(row.at("input_hex").as_string()));
    client.end_sending();
    (void)client.read_to_end();
  }
  CHECK(ask(server.port, "GET", "/").status == 200);
}
