// SPDX-License-Identifier: Apache-2.0
// GET /api/v1/search.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <thread>

#include "api/api.hpp"
#include "support/http_client.hpp"
#include "support/office.hpp"

using namespace deskwire;
using namespace deskwire::test;
namespace json = boost::json;

namespace {

struct SearchOffice {
  OfficeSettings settings() {
    OfficeSettings out;
    out.with_search = [this](TicketSearch& made) { search = &made; };
    out.more = [this](HttpServer& server, FrontDesk& desk, Core& core) {
      ApiSettings rest;
      rest.now = [&core] { return core.clock().now(); };
      rest.search = search;
      api = std::make_unique<Api>(std::move(rest), server, desk.gateway(), desk.lookup(),
                                  desk.sign_in(), core.workers(), core.blobs());
    };
    return out;
  }

  Answer get(const std::string& user, const std::string& path) {
    const std::string login =
        json::serialize(json::object{{"user", user}, {"password", "secret-" + user}});
    const json::value body = json::parse(ask(office.port, "POST", "/api/v1/login", "", login).body);
    return ask(office.port, "GET", "/api/v1" + path,
               "Authorization: Bearer " + std::string(body.at("token").as_string()) + "\r\n");
  }
  json::value found(const std::string& user, const std::string& path) {
    const Answer answer = get(user, path);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return json::parse(answer.body);
  }
  /// Asks until so many are found.
  json::value awaited(const std::string& user, const std::string& path, std::size_t count) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    json::value answer = found(user, path);
    while (answer.at("items").as_array().size() != count &&
           std::chrono::steady_clock::now() < end) {
      std::this_thread::yield();
      answer = found(user, path);
    }
    REQUIRE(answer.at("items").as_array().size() == count);
    return answer;
  }

  TicketSearch* search = nullptr;
  std::unique_ptr<Api> api;
  Office office{settings()};
};

}  // namespace

TEST_CASE("REST finds what the asker may see") {
  SearchOffice rest;
  rest.office.receive(a_mail_from("kim").id("1").about("one").saying("hủy đơn hàng 12"));
  rest.office.receive(a_mail_from("lan").id("2").about("two").saying("refund đơn hàng 12"));
  const json::value all = rest.awaited("sue", "/search?q=don%20hang%2012", 2);
  CHECK(all.at("items").at(0).at("ticket").at("subject") == "two");
  CHECK(all.at("items").at(0).at("field") == "message");
  CHECK(all.at("next").is_null());
  CHECK(rest.found("bob", "/search?q=don%20hang%2012").at("items").as_array().size() == 1);
  CHECK(rest.found("bob", "/search?q=refund").at("items").as_array().empty());
  const json::value first = rest.found("sue", "/search?q=don+hang&limit=1");
  const json::value second = rest.found(
      "sue", "/search?q=don+hang&limit=1&after=" + std::string(first.at("next").as_string()));
  CHECK(second.at("items").at(0).at("ticket").at("subject") == "one");
  CHECK(second.at("next").is_null());
}

TEST_CASE("REST refuses who has not logged in and questions that are too long") {
  SearchOffice rest;
  CHECK(ask(rest.office.port, "GET", "/api/v1/search?q=x", "").status == 401);
  CHECK(rest.get("bob", "/search?q=" + std::string(513, 'x')).status == 422);
  CHECK(rest.get("bob", "/search?q=x&limit=51").status == 422);
  CHECK(rest.found("bob", "/search").at("items").as_array().empty());
}
