// SPDX-License-Identifier: Apache-2.0
// The tables of keys, by top-level section. `config_table` is the whole file.
#pragma once
#include "config/model.hpp"
#include "config/section.hpp"

namespace deskwire::config {

const Section<Model>& config_table();

const Section<DeskConfig>& desk_table();
const Section<StorageConfig>& storage_table();
const Section<HttpConfig>& http_table();
const Section<SmtpConfig>& smtp_table();
const Section<LmtpConfig>& lmtp_table();
const Section<SmarthostConfig>& smarthost_table();
const Section<MailConfig>& mail_table();
const Section<LimitsConfig>& limits_table();
/// A calendar, its holiday file read.
Kind<CalendarSpec> calendar();
const Section<TeamSpec>& team_table();
const Section<QueueSpec>& queue_table();
const Section<WorkflowSpec>& workflow_table();
const Section<SlaSpec>& sla_table();
const Section<AlertSpec>& alert_table();
const Section<RoutingSpec>& routing_table();
const Section<ChannelsSpec>& channels_table();
const Section<UserSpec>& user_table();

}  // namespace deskwire::config
