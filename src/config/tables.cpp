// SPDX-License-Identifier: Apache-2.0
#include "config/tables.hpp"

namespace deskwire::config {
const Section<Model>& config_table() {
  static const auto table =
      Section<Model>(
          "One YAML file describes a desk. Names of queues, skills, teams, calendars and channels "
          "are defined in "
          "their sections and referred to from the others.")
          .add("desk", &Model::desk, section(desk_table()), required(), "Who this desk is.")
          .add("storage", &Model::storage, section(storage_table()), required(),
               "Where tickets are kept.")
          .add("http", &Model::http, section(http_table()), standard("{}"),
               "Console, REST, sockets, hooks, metrics.")
          .add("smtp", &Model::smtp, section(smtp_table()), standard("{}"),
               "Mail in by SMTP (RFC 5321).")
          .add("lmtp", &Model::lmtp, section(lmtp_table()), standard("{}"),
               "Mail in by LMTP (RFC 2033) from a local mail server.")
          .add("smarthost", &Model::smarthost, section(smarthost_table()), required(),
               "The mail server that takes our answers.")
          .add("mail", &Model::mail, section(mail_table()), standard("{}"),
               "What holds for mail in and out.")
          .add("limits", &Model::limits, section(limits_table()), standard("{}"),
               "Bounds an operator may want to move.")
          .add("calendars", &Model::calendar_specs, list_of(calendar(), 64), standard("[]"),
               "Business hours for SLAs and queues.")
          .add("skills", &Model::skill_names, list_of(defines("skill"), 500), standard("[]"),
               "What agents can be good at.")
          .add("teams", &Model::team_specs, list_of(section(team_table()), 500), standard("[]"),
               "Agents who see the same queues.")
          .add("queues", &Model::queue_specs, list_of(section(queue_table()), 500), required(),
               "Where tickets wait.")
          .add("workflow", &Model::workflow, section(workflow_table()), required(),
               "Which queue a new ticket goes to.")
          .add("slas", &Model::sla_specs, list_of(section(sla_table()), 200), standard("[]"),
               "Promises in time; the first that matches a ticket holds for it.")
          .add("alerts", &Model::alert_specs, list_of(section(alert_table()), 100), standard("[]"),
               "When supervisors are told that something goes wrong.")
          .add("routing", &Model::routing, section(routing_table()), standard("{}"),
               "Capacity, order in line, offers.")
          .add("channels", &Model::channel_specs, section(channels_table()), standard("{}"),
               "Addresses and numbers that customers write to.")
          .add("users", &Model::user_specs, list_of(section(user_table()), 1'000), standard("[]"),
               "Users to create at the start if there is none of that name. Later changes here "
               "change nothing: use the "
               "console or `deskwire user`.");
  return table;
}

}  // namespace deskwire::config
