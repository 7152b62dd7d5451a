namespace Decant.Connectors.Cpu.Memory;

/// <summary>
/// Where keys and values lie in a page of 64 tokens. Keys stand by dimension (64 tokens side by side), so that one query
/// scores 16 tokens per instruction; values by token, padded to whole registers.
/// </summary>
internal sealed class KvLayout(int layers, int heads, int headSize)
{
    /// <summary>Tokens per page.</summary>
    public const int PageTokens = 64;

    public int Layers => layers;

    public int Heads => heads;

    public int HeadSize => headSize;

    /// <summary>Floats from one token's value to the next: the head size rounded up to 16.</summary>
    public int ValueStride { get; } = (headSize + 15) / 16 * 16;

    public long PageFloats => (long)layers * heads * HeadFloats;

    private int HeadFloats => PageTokens * (headSize + ValueStride);

    /// <summary>Offset, in floats, of a head's keys: [dimension][token].</summary>
    public long Keys(int layer, int head) => ((long)layer * heads + head) * HeadFloats;

    /// <summary>Offset, in floats, of a head's values: [token][dimension].</summary>
    public long Values(int layer, int head) => Keys(layer, head) + PageTokens * headSize;
}
