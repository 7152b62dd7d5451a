namespace Decant.Connectors.Chat;

/// <summary>Which engine a <see cref="LocalChatClient"/> loads its model on.</summary>
public enum ChatEngine
{
    /// <summary>Torch where there is a CUDA device, or where <c>LocalChatClientOptions.Torch.Devices</c> names some; otherwise the CPU engine. The log says which.</summary>
    Auto,

    /// <summary>The managed CPU engine, without native libraries.</summary>
    Cpu,

    /// <summary>libtorch, on CUDA or the CPU. Needs a backend: see <see cref="Torch.TorchBackend"/>.</summary>
    Torch,
}
