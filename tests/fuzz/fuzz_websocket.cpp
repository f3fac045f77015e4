// SPDX-License-Identifier: Apache-2.0
// libFuzzer entry for what WebSocket clients send: the first byte chooses the limit and how the
// rest is cut; the property is that cutting changes nothing, and that nothing larger than the limit
// comes out.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "http/websocket_frames.hpp"

namespace {

std::string read_all(std::string_view bytes, std::size_t step, std::size_t most) {
  deskwire::FrameReader reader(most);
  std::string out;
  while (!bytes.empty()) {
    reader.feed(bytes.substr(0, step));
    bytes.remove_prefix(std::min(step, bytes.size()));
    for (;;) {
      const auto message = reader.next();
      if (!message) return out + "refused " + std::to_string(static_cast<int>(message.error()));
      if (!*message) break;
      const auto& [opcode, payload] = **message;
      if (payload.size() > std::max<std::size_t>(most, 125)) std::abort();
      out += std::to_string(static_cast<int>(opcode)) + " " + payload + "\n";
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t most = data[0] & 1 ? 16 : 1u << 16;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  if (read_all(bytes, bytes.size(), most) != read_all(bytes, 1 + (data[0] >> 4), most))
    std::abort();
  return 0;
}
