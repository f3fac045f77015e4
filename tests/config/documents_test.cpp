// SPDX-License-Identifier: Apache-2.0
// The reference and the JSON Schema in the repository are what the tables say. After a change of
// the tables: DESKWIRE_UPDATE_GOLDEN=1 build/dev/tests/test_config "[golden]"
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <cstdlib>

#include "config/given.hpp"

using namespace deskwire::config;
using namespace deskwire::config::testing;

namespace {

void compare_with_file(const std::string& path, const std::string& printed) {
  const auto file = repository() / path;
  if (std::getenv("DESKWIRE_UPDATE_GOLDEN") != nullptr)
    std::ofstream(file, std::ios::binary) << printed;
  INFO(path << " is not what the tables say; update it with DESKWIRE_UPDATE_GOLDEN=1");
  CHECK((text_of(file) == printed));
}

}  // namespace

TEST_CASE("the reference in docs is printed from the tables", "[golden]") {
  compare_with_file("docs/configuration.md", reference_markdown());
}

TEST_CASE("the JSON Schema is printed from the tables", "[golden]") {
  compare_with_file("schemas/config.schema.json", json_schema());
}

TEST_CASE("the JSON Schema is JSON and knows every section") {
  const auto schema = boost::json::parse(json_schema());
  const auto& sections = schema.at("properties").as_object();
  for (const auto* name :
       {"desk", "storage", "http", "smtp", "lmtp", "smarthost", "mail", "limits", "calendars",
        "skills", "teams", "queues", "workflow", "slas", "routing", "channels", "users"})
    CHECK(sections.contains(name));
  CHECK(schema.at("additionalProperties").as_bool() == false);
}
