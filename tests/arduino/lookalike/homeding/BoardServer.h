#pragma once
// A look-alike of HomeDing's header.

#include "HomeDing.h"

class BoardHandler {
 public:
  explicit BoardHandler(Board* /*board*/) {}
};
