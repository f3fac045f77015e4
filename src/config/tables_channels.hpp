// SPDX-License-Identifier: Apache-2.0
// The tables of the sorts of channels, for the section `channels`.
#pragma once
#include <utility>

#include "config/tables.hpp"

namespace deskwire::config {

constexpr std::uint64_t kMiB = 1ULL << 20;

/// `queue` and `skills`, which every channel has.
template <class Spec>
Section<Spec> with_routing(Section<Spec> table) {
  table
      .add("queue", &Spec::queue, refers_to("queue"), optional(),
           "Where its tickets wait when no rule says; unset: the default queue.")
      .add("skills", &Spec::skills, skills(), standard("{}"),
           "Asked for when no rule placed the ticket.");
  return table;
}

const Section<SmsSpec>& sms_table();
const Section<ChatSpec>& chat_table();
const Section<CtiSpec>& cti_table();
const Section<VoiceSpec>& voice_table();

}  // namespace deskwire::config
