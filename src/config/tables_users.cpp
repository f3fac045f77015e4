// SPDX-License-Identifier: Apache-2.0
// Keys of users.
#include "config/tables.hpp"

namespace deskwire::config {

const Section<UserSpec>& user_table() {
  static const auto table =
      Section<UserSpec>("A user to create if there is none of that name.")
          .add("name", &UserSpec::name, defines("user"), required(), "For logging in.")
          .add("display_name", &UserSpec::display_name, text(100), optional(),
               "Shown to customers; the name if unset.")
          .add("role", &UserSpec::role, enumerated<Role>(), standard("agent"),
               "What the user may do.")
          .add("password", &UserSpec::password, secret(), optional(),
               "At least 8 bytes. In clear only for a demo on loopback.")
          .add("password_hash", &UserSpec::password_hash, password_hash(), optional(),
               "Instead of a password.")
          .add("skills", &UserSpec::skill_levels, skills(), standard("{}"),
               "With levels from 1 to 5.")
          .add("queues", &UserSpec::queue_names, list_of(refers_to("queue"), 500), standard("[]"),
               "Offered from and seen.")
          .add("teams", &UserSpec::team_names, list_of(refers_to("team"), 100), standard("[]"),
               "Their queues too.")
          .add("capacity", &UserSpec::capacity_percent, percent(0, 1'000), standard("100%"),
               "Of a full agent.")
          .check([](Reader& reader, const Node& node, UserSpec& user) {
            const bool wants = node.find("password") != nullptr,
                       hashed = node.find("password_hash") != nullptr;
            if (wants == hashed)
              reader.fail(
                  node.place,
                  wants ? "both password and password_hash" : "neither password nor password_hash",
                  "one of password and password_hash");
            if (user.password &&
                (user.password->value.size() < 8 || user.password->value.size() > 1'024))
              reader.fail(node.find("password")->value->place,
                          "a password of " + std::to_string(user.password->value.size()) + " bytes",
                          "8 to 1024 bytes");
          });
  return table;
}

}  // namespace deskwire::config
