// SPDX-License-Identifier: Apache-2.0
#include "http/problem.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace deskwire {
namespace {

std::uint16_t status_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::no_such_ticket:
    case Refusal::no_such_offer:
    case Refusal::no_such_agent:
    case Refusal::no_such_queue:
    case Refusal::no_such_message:
    case Refusal::no_such_customer:
      return 404;
    case Refusal::not_offered_to_you:
    case Refusal::not_your_ticket:
    case Refusal::not_allowed:
    case Refusal::agent_disabled:
      return 403;
    case Refusal::offer_ended:
    case Refusal::wrong_state:
    case Refusal::ticket_closed:
    case Refusal::ticket_changed:
    case Refusal::cannot_send_here:
    case Refusal::queue_not_empty:
    case Refusal::opted_out:
    case Refusal::identity_taken:
    case Refusal::already_sent:
    case Refusal::too_many_tags:
      return 409;
    case Refusal::invalid_argument:
      return 422;
  }
  return 500;
}

}  // namespace

HttpResponse problem(std::uint16_t status, std::string_view code, std::string_view detail) {
  boost::json::object body{{"type", "about:blank"},
                           {"title", reason_phrase(status)},
                           {"status", status},
                           {"detail", detail},
                           {"code", code}};
  HttpResponse out = json_response(status, boost::json::serialize(body));
  out.set("content-type", "application/problem+json");
  return out;
}

HttpResponse problem_retry(std::uint16_t status, std::string_view code, std::string_view detail,
                           Duration after) {
  HttpResponse out = problem(status, code, detail);
  out.set("retry-after", std::to_string(std::max<std::int64_t>(1, (after.ms + 999) / 1000)));
  return out;
}

std::string_view sentence(Refusal refusal) {
  switch (refusal) {
    case Refusal::no_such_ticket:
      return "There is no such ticket, or it is not yours to see.";
    case Refusal::no_such_offer:
      return "There is no such offer.";
    case Refusal::no_such_agent:
      return "There is no such agent.";
    case Refusal::no_such_queue:
      return "There is no such queue.";
    case Refusal::no_such_message:
      return "There is no such message.";
    case Refusal::no_such_customer:
      return "There is no such customer.";
    case Refusal::opted_out:
      return "They asked not to be written to on this channel; it is possible again once they send "
             "START.";
    case Refusal::identity_taken:
      return "This address belongs to another customer.";
    case Refusal::already_sent:
      return "It is on its way already and cannot be taken back.";
    case Refusal::too_many_tags:
      return "A ticket has at most 20 tags.";
    case Refusal::not_offered_to_you:
      return "This ticket was not offered to you.";
    case Refusal::offer_ended:
      return "The offer has ended.";
    case Refusal::not_your_ticket:
      return "The ticket is neither assigned to you nor in one of your queues.";
    case Refusal::not_allowed:
      return "Your role may not do this.";
    case Refusal::wrong_state:
      return "The ticket's state does not allow this.";
    case Refusal::ticket_closed:
      return "The ticket is closed.";
    case Refusal::ticket_changed:
      return "Someone wrote to the ticket meanwhile.";
    case Refusal::agent_disabled:
      return "The agent is disabled.";
    case Refusal::cannot_send_here:
      return "There is no address that this may be sent to.";
    case Refusal::queue_not_empty:
      return "The queue still has waiting tickets.";
    case Refusal::invalid_argument:
      return "A value is not valid here.";
  }
  return "Refused.";
}

HttpResponse problem_for(Refusal refusal) {
  return problem(status_of(refusal), name(refusal), sentence(refusal));
}

HttpResponse problem_for(const Submission& submission) {
  if (submission.kind == Submission::Kind::refused) return problem_for(submission.refusal);
  if (submission.kind == Submission::Kind::busy && submission.disk_full)
    return problem_retry(503, "disk_full", "The desk's disk is nearly full.", seconds(60));
  return problem_retry(503, "busy", "The desk is busy.", seconds(1));
}

}  // namespace deskwire
