// Opens libtensorflow before the addon does, with standard error closed: its static initialisers print log lines that no
// setting of its own turns off, and that would stand at the head of every run. Real faults come back through dlerror().
#include <dlfcn.h>
#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>

#include <string>

namespace {

std::string OpenMuted(const char* path) {
  const int kept = dup(STDERR_FILENO);
  const int nowhere = open("/dev/null", O_WRONLY);
  if (kept >= 0 && nowhere >= 0) dup2(nowhere, STDERR_FILENO);
  void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  const char* fault = library == nullptr ? dlerror() : nullptr;
  if (kept >= 0) {
    dup2(kept, STDERR_FILENO);
    close(kept);
  }
  if (nowhere >= 0) close(nowhere);
  return fault == nullptr ? "" : fault;
}

/** openQuietly(path: string): throws the linker's message when the library cannot be opened. */
napi_value OpenQuietly(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  size_t length = 0;
  if (napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr) != napi_ok || count != 1 ||
      napi_get_value_string_utf8(env, argument, nullptr, 0, &length) != napi_ok) {
    napi_throw_type_error(env, nullptr, "openQuietly takes the path of a library");
    return nullptr;
  }
  std::string path(length, '\0');
  napi_get_value_string_utf8(env, argument, path.data(), length + 1, &length);
  const std::string fault = OpenMuted(path.c_str());
  if (!fault.empty()) napi_throw_error(env, nullptr, fault.c_str());
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  napi_value function;
  if (napi_create_function(env, "openQuietly", NAPI_AUTO_LENGTH, OpenQuietly, nullptr, &function) == napi_ok) {
    napi_set_named_property(env, exports, "openQuietly", function);
  }
  return exports;
}
