using Decant.Connectors.Cpu;
using Decant.Connectors.Torch;

namespace Decant.Connectors.Chat;

/// <summary>What a loaded model is made from, equal by value: its folder, and the options of the engine that loads it.</summary>
/// <param name="Folder">The whole path, without a separator at its end.</param>
/// <param name="Cpu">The CPU engine's options, or null.</param>
/// <param name="Torch">The Torch engine's options, or null.</param>
internal sealed record ModelSource(string Folder, CpuModelOptions? Cpu, TorchModelOptions? Torch);
