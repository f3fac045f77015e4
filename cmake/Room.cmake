# deskwire_room(NAME dir LINKS …): one static library a room. Sources are found by glob, so adding a file needs no edit here.
set(DESKWIRE_FLAGS -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror -fno-omit-frame-pointer)

function(deskwire_flags target)
  target_compile_options(${target} PRIVATE ${DESKWIRE_FLAGS})
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR}/src ${CMAKE_BINARY_DIR}/generated)
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR}/include)
  if(DESKWIRE_SANITIZE)
    target_compile_options(${target} PUBLIC -fsanitize=${DESKWIRE_SANITIZE} -fno-sanitize-recover=all)
    target_link_options(${target} PUBLIC -fsanitize=${DESKWIRE_SANITIZE})
  endif()
endfunction()

# Headers of others that cost the most to read, precompiled once a target. Our own never are: a change must rebuild only what includes it.
option(DESKWIRE_PCH "Precompile headers" ON)
set(DESKWIRE_PCH_STD <algorithm> <array> <charconv> <chrono> <cstdint> <expected> <filesystem> <functional> <map> <memory> <optional> <ranges>
    <span> <string> <string_view> <unordered_map> <utility> <variant> <vector>)
set(DESKWIRE_PCH_JSON ${DESKWIRE_PCH_STD} <boost/json.hpp>)
set(DESKWIRE_PCH_ASIO ${DESKWIRE_PCH_JSON} <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp> <boost/asio/dispatch.hpp>
    <boost/asio/io_context.hpp> <boost/asio/ip/tcp.hpp> <boost/asio/post.hpp> <boost/asio/steady_timer.hpp> <boost/asio/use_awaitable.hpp>
    <spdlog/spdlog.h>)

# CMake names the header's absolute path beside the precompiled one, which would keep ccache from sharing hits between clones.
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  set(CMAKE_CXX_COMPILE_OPTIONS_USE_PCH -Xclang -include-pch -Xclang <PCH_FILE>)
endif()
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/generated)

# What ccache hashes in place of a precompiled header (pch_external_checksum), which holds absolute paths: the versions of all it is made of.
execute_process(COMMAND dpkg-query -W libstdc++-12-dev libboost1.81-dev libfmt-dev libspdlog-dev catch2 libc6-dev linux-libc-dev
                OUTPUT_VARIABLE packages ERROR_QUIET)
string(SHA256 DESKWIRE_PCH_SUM "${CMAKE_CXX_COMPILER_VERSION} ${CMAKE_BUILD_TYPE} ${DESKWIRE_SANITIZE} ${packages}")

# deskwire_pch(target SET sources …): not worth it for a few files.
function(deskwire_pch target set)
  list(LENGTH ARGN count)
  if(NOT DESKWIRE_PCH OR count LESS 4)
    return()
  endif()
  target_precompile_headers(${target} PRIVATE ${DESKWIRE_PCH_${set}})
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    # So that ccache knows the file again after it was made anew.
    target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
    file(CONFIGURE OUTPUT CMakeFiles/${target}.dir/cmake_pch.hxx.pch.sum CONTENT "${DESKWIRE_PCH_${set}} ${DESKWIRE_PCH_SUM}")
  endif()
endfunction()

# deskwire_room(NAME dir PCH STD|JSON|ASIO LINKS …)
function(deskwire_room name dir)
  cmake_parse_arguments(ARG "" "PCH" "LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${dir}/*.cpp)
  if(NOT sources)
    file(WRITE ${CMAKE_BINARY_DIR}/generated/empty_${name}.cpp "")
    set(sources ${CMAKE_BINARY_DIR}/generated/empty_${name}.cpp)
  endif()
  add_library(deskwire_${name} STATIC ${sources})
  deskwire_flags(deskwire_${name})
  target_link_libraries(deskwire_${name} PUBLIC ${ARG_LINKS})
  deskwire_pch(deskwire_${name} ${ARG_PCH} ${sources})
endfunction()

# deskwire_test(NAME dir LINKS …): one Catch2 executable a folder of tests/.
function(deskwire_test name dir)
  cmake_parse_arguments(ARG "" "PCH" "LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${dir}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(test_${name} ${sources})
  deskwire_flags(test_${name})
  target_include_directories(test_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(test_${name} PRIVATE deskwire_catch ${ARG_LINKS})
  # Assertions by the thousand take long to optimise, and nothing is gained by it.
  if(NOT name STREQUAL "sim")
    target_compile_options(test_${name} PRIVATE -O0)
  endif()
  deskwire_pch(test_${name} ${ARG_PCH} ${sources})
  if(TARGET test_${name} AND DESKWIRE_PCH)
    get_target_property(precompiled test_${name} PRECOMPILE_HEADERS)
    if(precompiled)
      target_precompile_headers(test_${name} PRIVATE <catch2/catch.hpp>)
    endif()
  endif()
  add_test(NAME ${name} COMMAND test_${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES TIMEOUT 600)
endfunction()
