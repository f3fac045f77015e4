# Every third-party library as one imported target, `dep::name`. Which room may use which is the room table's business.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Boost 1.81.0 EXACT REQUIRED CONFIG COMPONENTS headers json url system)

add_library(dep_boost INTERFACE)
target_link_libraries(dep_boost INTERFACE Boost::headers Boost::json Boost::url Boost::system Threads::Threads)
target_compile_definitions(dep_boost INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE BOOST_BEAST_USE_STD_STRING_VIEW)
add_library(dep::boost ALIAS dep_boost)

function(deskwire_pkg name module)
  pkg_check_modules(${name} REQUIRED IMPORTED_TARGET GLOBAL ${module})
  add_library(dep::${name} ALIAS PkgConfig::${name})
endfunction()
deskwire_pkg(sqlite sqlite3)
deskwire_pkg(zstd libzstd)
deskwire_pkg(gmime gmime-3.0)
deskwire_pkg(gumbo gumbo)
deskwire_pkg(cmark libcmark)
deskwire_pkg(sodium libsodium)
deskwire_pkg(curl libcurl)
deskwire_pkg(yaml yaml-cpp)
deskwire_pkg(re2 re2)
deskwire_pkg(ical libical)
deskwire_pkg(prometheus prometheus-cpp-core)
find_package(date CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)

# Header-only flavours with external fmt keep compile times and versions in one place.
pkg_check_modules(spdlog REQUIRED IMPORTED_TARGET GLOBAL spdlog)
add_library(dep::spdlog ALIAS PkgConfig::spdlog)

add_library(dep_cld2 INTERFACE)
find_library(CLD2_LIBRARY cld2 REQUIRED)
target_link_libraries(dep_cld2 INTERFACE ${CLD2_LIBRARY})
add_library(dep::cld2 ALIAS dep_cld2)

# Phone numbers. The headers lie in build/deps, put there by tools/lib/setup.sh, because libphonenumber-dev conflicts with our Boost;
# so there is no libphonenumber.so either, only the library's own versioned name.
find_path(PHONENUMBER_INCLUDE phonenumbers/phonenumberutil.h HINTS ${CMAKE_SOURCE_DIR}/build/deps/libphonenumber/include)
find_library(PHONENUMBER_LIBRARY NAMES libphonenumber.so.8 phonenumber)
if(NOT PHONENUMBER_INCLUDE OR NOT PHONENUMBER_LIBRARY)
  message(FATAL_ERROR "libphonenumber is missing (headers: ${PHONENUMBER_INCLUDE}, library: ${PHONENUMBER_LIBRARY}). "
                      "`tools/run --build-only` installs the library and fetches its headers into build/deps.")
endif()
pkg_check_modules(protobuf REQUIRED IMPORTED_TARGET GLOBAL protobuf)
add_library(dep_phonenumber INTERFACE)
target_include_directories(dep_phonenumber SYSTEM INTERFACE ${PHONENUMBER_INCLUDE})
target_link_libraries(dep_phonenumber INTERFACE ${PHONENUMBER_LIBRARY} PkgConfig::protobuf)
add_library(dep::phonenumber ALIAS dep_phonenumber)
