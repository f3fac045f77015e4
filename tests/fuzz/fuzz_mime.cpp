// SPDX-License-Identifier: Apache-2.0
// Any bytes as a mail: it is parsed, its text read and its parts taken out, and what comes of it is
// UTF-8 and no longer than the bounds say.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "channels/email/bounce.hpp"
#include "channels/email/message_text.hpp"
#include "deskwire/base/utf8.hpp"
#include "mime/parsed_mail.hpp"
#include "text/reply_view.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace deskwire;
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  const mime::ParsedMail mail = mime::parse(raw);
  const email::MessageText text = email::read_text(mail);
  if (!is_utf8(text.text) || !is_utf8(text.html) || text.text.size() > 64 * 1024) std::abort();
  if (!is_utf8(text::visible_reply(text.text))) std::abort();
  (void)email::read_bounce(mail, true);
  for (std::size_t part = 0; part < mail.tree.parts.size(); ++part)
    (void)mime::extract_part(raw, static_cast<std::uint32_t>(part));
  return 0;
}
