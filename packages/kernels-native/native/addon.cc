// The N-API face: one function that binds the kernels to a memory.

#include <node_api.h>

#include "kernels.h"

namespace {

struct Binding {
  const Kernels* kernels;
  uint8_t* base;
};

const Kernels* best_kernels() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    return &kernels_avx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &kernels_avx2;
#elif defined(__aarch64__)
  return &kernels_neon;
#endif
  return &kernels_scalar;
}

/** The kernels of an instruction set by its name, null where this processor lacks it or the name is unknown. */
const Kernels* named_kernels(const char* name) {
  const Kernels* best = best_kernels();
  const Kernels* all[] = {
#if defined(__x86_64__)
      &kernels_avx512, &kernels_avx2,
#elif defined(__aarch64__)
      &kernels_neon,
#endif
      &kernels_scalar};
  bool usable = false;
  for (const Kernels* kernels : all) {
    if (kernels == best) usable = true;
    if (usable && __builtin_strcmp(kernels->instruction_set, name) == 0) return kernels;
  }
  return nullptr;
}

/** The arguments of a call as numbers, and what the function is bound to. */
struct Call {
  double numbers[13] = {0};
  Binding* binding = nullptr;

  Call(napi_env env, napi_callback_info info) {
    napi_value values[13];
    size_t count = 13;
    napi_get_cb_info(env, info, &count, values, nullptr, (void**)&binding);
    for (size_t i = 0; i < count && i < 13; i++) napi_get_value_double(env, values[i], &numbers[i]);
  }
  uint32_t pointer(int i) const { return (uint32_t)numbers[i]; }
  int32_t integer(int i) const { return (int32_t)numbers[i]; }
  /** The first `count` arguments. */
  template <int count> struct Pointers {
    uint32_t values[count];
  };
  template <int count> Pointers<count> pointers() const {
    Pointers<count> result;
    for (int i = 0; i < count; i++) result.values[i] = pointer(i);
    return result;
  }
  float real(int i) const { return (float)numbers[i]; }
};

napi_value call_forward(napi_env env, napi_callback_info info) {
  Call c(env, info);
  c.binding->kernels->forward(c.binding->base, c.pointer(0), c.pointer(1), c.pointer(2), c.integer(3));
  return nullptr;
}

napi_value call_backward(napi_env env, napi_callback_info info) {
  Call c(env, info);
  c.binding->kernels->backward(c.binding->base, c.pointer(0), c.pointer(1), c.pointer(2), c.integer(3), c.numbers[4] != 0);
  return nullptr;
}

napi_value call_tangent(napi_env env, napi_callback_info info) {
  Call c(env, info);
  c.binding->kernels->tangent(c.binding->base, c.pointer(0), c.pointer(1), c.pointer(2), c.pointer(3), c.integer(4));
  return nullptr;
}

napi_value call_tangent_backward(napi_env env, napi_callback_info info) {
  Call c(env, info);
  c.binding->kernels->tangent_backward(c.binding->base, c.pointer(0), c.pointer(1), c.integer(2));
  return nullptr;
}

napi_value call_add(napi_env env, napi_callback_info info) {
  Call c(env, info);
  c.binding->kernels->add(c.binding->base, c.pointer(0), c.pointer(1), c.integer(2));
  return nullptr;
}

napi_value call_layer_norm(napi_env env, napi_callback_info info) {
  Call c(env, info);
  c.binding->kernels->layer_norm(c.binding->base, c.pointers<6>().values, c.integer(6), c.integer(7), c.real(8));
  return nullptr;
}

napi_value call_layer_norm_backward(napi_env env, napi_callback_info info) {
  Call c(env, info);
  c.binding->kernels->layer_norm_backward(c.binding->base, c.pointers<7>().values, c.integer(7), c.integer(8));
  return nullptr;
}

napi_value call_spectral_norm(napi_env env, napi_callback_info info) {
  Call c(env, info);
  float norm = c.binding->kernels->spectral_norm(c.binding->base, c.pointer(0), c.pointer(1), c.pointer(2), c.integer(3),
                                                 c.integer(4), c.integer(5));
  napi_value result;
  napi_create_double(env, norm, &result);
  return result;
}

napi_value call_spectral_norm_backward(napi_env env, napi_callback_info info) {
  Call c(env, info);
  c.binding->kernels->spectral_norm_backward(c.binding->base, c.pointers<5>().values, c.integer(5), c.integer(6), c.real(7));
  return nullptr;
}

napi_value call_sum_of_squares(napi_env env, napi_callback_info info) {
  Call c(env, info);
  napi_value result;
  napi_create_double(env, c.binding->kernels->sum_of_squares(c.binding->base, c.pointer(0), c.integer(1)), &result);
  return result;
}

napi_value call_adam(napi_env env, napi_callback_info info) {
  Call c(env, info);
  float constants[8];
  for (int i = 0; i < 8; i++) constants[i] = c.real(5 + i);
  c.binding->kernels->adam(c.binding->base, c.pointer(0), c.pointer(1), c.pointer(2), c.pointer(3), c.integer(4), constants);
  return nullptr;
}

napi_value call_polyak(napi_env env, napi_callback_info info) {
  Call c(env, info);
  c.binding->kernels->polyak(c.binding->base, c.pointer(0), c.pointer(1), c.integer(2), c.real(3));
  return nullptr;
}

napi_value call_scale(napi_env env, napi_callback_info info) {
  Call c(env, info);
  c.binding->kernels->scale(c.binding->base, c.pointer(0), c.integer(1), c.real(2));
  return nullptr;
}

napi_value call_fill(napi_env env, napi_callback_info info) {
  Call c(env, info);
  c.binding->kernels->fill(c.binding->base, c.pointer(0), c.integer(1), c.real(2));
  return nullptr;
}

void delete_binding(napi_env, void* data, void*) { delete (Binding*)data; }

/** bind(view, instructionSet?): the kernels as functions on the memory that `view`, a Uint8Array of all of it, shows. */
napi_value bind(napi_env env, napi_callback_info info) {
  napi_value arguments[2];
  size_t count = 2;
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  bool is_view = false;
  if (count > 0) napi_is_typedarray(env, arguments[0], &is_view);
  void* base = nullptr;
  if (is_view) napi_get_typedarray_info(env, arguments[0], nullptr, nullptr, &base, nullptr, nullptr);
  if (base == nullptr) {
    napi_throw_type_error(env, nullptr, "The memory to bind to is not a typed array.");
    return nullptr;
  }
  const Kernels* kernels = best_kernels();
  napi_valuetype type = napi_undefined;
  if (count > 1) napi_typeof(env, arguments[1], &type);
  if (type == napi_string) {
    char name[16];
    napi_get_value_string_utf8(env, arguments[1], name, sizeof name, nullptr);
    kernels = named_kernels(name);
    if (kernels == nullptr) {
      napi_throw_range_error(env, nullptr, "This processor has no such instruction set.");
      return nullptr;
    }
  }
  Binding* binding = new Binding{kernels, (uint8_t*)base};
  napi_property_descriptor properties[] = {
      {"forward", nullptr, call_forward, nullptr, nullptr, nullptr, napi_enumerable, binding},
      {"backward", nullptr, call_backward, nullptr, nullptr, nullptr, napi_enumerable, binding},
      {"tangent", nullptr, call_tangent, nullptr, nullptr, nullptr, napi_enumerable, binding},
      {"tangentBackward", nullptr, call_tangent_backward, nullptr, nullptr, nullptr, napi_enumerable, binding},
      {"add", nullptr, call_add, nullptr, nullptr, nullptr, napi_enumerable, binding},
      {"layerNorm", nullptr, call_layer_norm, nullptr, nullptr, nullptr, napi_enumerable, binding},
      {"layerNormBackward", nullptr, call_layer_norm_backward, nullptr, nullptr, nullptr, napi_enumerable, binding},
      {"spectralNorm", nullptr, call_spectral_norm, nullptr, nullptr, nullptr, napi_enumerable, binding},
      {"spectralNormBackward", nullptr, call_spectral_norm_backward, nullptr, nullptr, nullptr, napi_enumerable, binding},
      {"sumOfSquares", nullptr, call_sum_of_squares, nullptr, nullptr, nullptr, napi_enumerable, binding},
      {"adam", nullptr, call_adam, nullptr, nullptr, nullptr, napi_enumerable, binding},
      {"polyak", nullptr, call_polyak, nullptr, nullptr, nullptr, napi_enumerable, binding},
      {"scale", nullptr, call_scale, nullptr, nullptr, nullptr, napi_enumerable, binding},
      {"fill", nullptr, call_fill, nullptr, nullptr, nullptr, napi_enumerable, binding},
  };
  napi_value result;
  napi_create_object(env, &result);
  napi_define_properties(env, result, sizeof properties / sizeof *properties, properties);
  // The functions may outlive the object, but only its owner calls them, and keeps it.
  napi_wrap(env, result, binding, delete_binding, nullptr, nullptr);
  return result;
}

napi_value initialise(napi_env env, napi_value exports) {
  napi_value function, name;
  napi_create_function(env, "bind", NAPI_AUTO_LENGTH, bind, nullptr, &function);
  napi_set_named_property(env, exports, "bind", function);
  napi_create_string_utf8(env, best_kernels()->instruction_set, NAPI_AUTO_LENGTH, &name);
  napi_set_named_property(env, exports, "instructionSet", name);
  return exports;
}

}  // namespace

NAPI_MODULE(kernels_native, initialise)
