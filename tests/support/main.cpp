// The one main() of all Catch2 programs.
#define CATCH_CONFIG_RUNNER  // version 2 puts its runner where this is defined; version 3 ignores it
#include "support/catch.hpp"

int main(int argc, char** argv) { return Catch::Session().run(argc, argv); }
