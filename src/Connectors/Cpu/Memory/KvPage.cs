namespace Decant.Connectors.Cpu.Memory;

/// <summary>The keys and values of up to 64 tokens in all layers. Shared by forks until one of them writes.</summary>
internal sealed unsafe class KvPage(NativeBuffer memory)
{
    private int _users = 1;

    public float* Floats => memory.Floats;

    public bool IsShared => Volatile.Read(ref _users) > 1;

    public void AddUser() => Interlocked.Increment(ref _users);

    /// <summary>Whether the caller was the last user.</summary>
    public bool RemoveUser() => Interlocked.Decrement(ref _users) == 0;

    public void Reset() => _users = 1;

    public void Free() => memory.Dispose();
}
