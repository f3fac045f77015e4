// SPDX-License-Identifier: Apache-2.0
// Decisions in the words of people: one place, so that the page, REST and the command line say the
// same.
#pragma once
#include <string>
#include <vector>

#include "desk/people.hpp"
#include "deskwire/domain/policy.hpp"
#include "deskwire/engine/engine.hpp"

namespace deskwire::words {

/// Why somebody gets the ticket or not: "lacks vietnamese 2"; of who has it, that they do; of who
/// is kept from it for a while, how long still.
[[nodiscard]] std::string verdict(const CandidateVerdict& one, const Ticket& ticket,
                                  const Policy& policy, Instant now);
/// The same of a past decision: "lacked vietnamese at level 2".
[[nodiscard]] std::string verdict_then(const CandidateVerdict& one, const Ticket& ticket,
                                       const Policy& policy);
/// "idle for the longest of 3 who could take it; 12 waited in the queue".
[[nodiscard]] std::string decision(const Decision& why);
/// How the ticket came to where it is, a sentence each.
[[nodiscard]] std::vector<std::string> way(const Explanation& explained, const Policy& policy);

}  // namespace deskwire::words
