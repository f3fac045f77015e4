// SPDX-License-Identifier: Apache-2.0
// Any bytes as an expression: it compiles and evaluates, or is refused with at least one error
// inside the source. What is proved of it is so.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "deskwire/domain/expr_proof.hpp"
#include "domain/some_facts.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace deskwire;
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  const auto program = compile(source, testing::SubstringMatchers{});
  if (program) {
    const bool holds = program->matches(testing::some_facts());
    ConditionProver prover({*program}, {}, 10'000);
    if (holds ? prover.never_holds(0) : prover.always_holds(0)) std::abort();
    return 0;
  }
  if (program.error().empty()) std::abort();
  for (const auto& error : program.error())
    if (error.offset > size) std::abort();
  return 0;
}
