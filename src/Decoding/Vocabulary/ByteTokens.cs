namespace Decant.Decoding;

/// <summary>A token for every byte, numbered as it is: for reading texts that no model wrote.</summary>
internal sealed class ByteTokens : ITokenVocabulary
{
    private static readonly byte[] _bytes = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];

    public static ByteTokens Instance { get; } = new();

    public int Count => _bytes.Length;

    public IReadOnlyList<int> EndOfTurn => [];

    public ReadOnlySpan<byte> Bytes(int id) => _bytes.AsSpan(id, 1);

    public bool IsSpecial(int id) => false;

    public int? Find(string text) => text is [< (char)128 and var letter] ? letter : null;
}
