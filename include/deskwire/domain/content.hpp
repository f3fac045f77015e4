// SPDX-License-Identifier: Apache-2.0
// The content part of a command: personal data and bytes. The engine may read it to decide (rules),
// keeps none of it, and the committer writes it to its own tables in the same transaction, where it
// can be erased.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "deskwire/base/key.hpp"

namespace deskwire {

struct MailAddress {
  std::string name;     ///< UTF-8, decoded; may be empty.
  std::string address;  ///< As written, without angle brackets.
  friend bool operator==(const MailAddress&, const MailAddress&) = default;
};

/// Bytes kept whole: zstd-compressed, named by the SHA-256 (64 hex digits) of the uncompressed
/// bytes.
struct Blob {
  std::string sha256;
  std::uint64_t size_bytes = 0;  ///< Uncompressed.
  std::string compressed;  ///< Inline form, at most 32 KiB; empty when the blob is a file under
                           ///< DATA/blobs, fsynced before submit.
};

struct Attachment {
  std::uint32_t n = 0;           ///< Dense from 1 within the message.
  std::string name;              ///< UTF-8, no path separators or control characters.
  std::string type;              ///< "image/png", lower case.
  std::uint64_t size_bytes = 0;  ///< Decoded.
  std::string content_id;        ///< For inline images; without angle brackets.
  std::string blob_sha256;       ///< Own blob (uploads); empty: `part` of the message's raw blob.
  std::uint32_t part = 0;        ///< Leaf number in the raw mail, depth first from 0.
  std::string source_url{};      ///< At a provider, not fetched yet; empty: the bytes are here.
  friend bool operator==(const Attachment&, const Attachment&) = default;
};

struct MessageContent {
  std::string subject;
  std::string text;  ///< Plain text, UTF-8, at most 64 KiB.
  std::string html;  ///< As received (untrusted) or empty, at most 64 KiB.
  MailAddress from;
  std::vector<MailAddress> to, cc;
  std::string message_id;  ///< Without angle brackets.
  std::vector<std::string>
      references;        ///< In-Reply-To and References as they were, for our answer's own headers.
  std::string language;  ///< BCP 47 or empty.
  std::vector<Attachment> attachments;
  std::vector<MailAddress> reply_to;  ///< Where the author wants answers; mostly empty.
  MailAddress forwarded_by;           ///< The colleague who passed it on; mostly empty.
  std::shared_ptr<const Blob> raw;    ///< The mail as received; null for what we wrote ourselves.
  std::vector<std::shared_ptr<const Blob>> blobs;  ///< Uploads that this message refers to.
};

using ContentPtr = std::shared_ptr<const MessageContent>;

/// An address as an identity: the key the engine sees and the clear form that the identities table
/// keeps.
struct IdentityContent {
  Key key;
  std::string kind;   ///< "email", "phone", "chat", "external".
  std::string value;  ///< Normalised.
  std::string name;   ///< Display name as last seen; may be empty.
};

}  // namespace deskwire
