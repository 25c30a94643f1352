/** Loads hushring, and returns the memory of its WebAssembly, which the package hides. */
export async function memoryOf(init) {
  const { instantiate } = WebAssembly;
  let memory;
  WebAssembly.instantiate = async (...parameters) => {
    const result = await instantiate(...parameters);
    memory = (result.instance ?? result).exports.memory;
    return result;
  };
  await init();
  WebAssembly.instantiate = instantiate;
  return memory;
}
