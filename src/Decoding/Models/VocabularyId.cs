using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Decant.Decoding;

/// <summary>Tells vocabularies apart: token ids that were stored mean something else in any other.</summary>
/// <param name="Count">Number of ids.</param>
/// <param name="Checksum">The first eight bytes of a SHA-256 over every token's bytes.</param>
public readonly record struct VocabularyId(int Count, ulong Checksum)
{
    private static readonly ConditionalWeakTable<ITokenVocabulary, object> _known = new();

    /// <summary>The identity of a vocabulary; computed once for each.</summary>
    public static VocabularyId Of(ITokenVocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        return (VocabularyId)_known.GetValue(vocabulary, static value => Compute(value));
    }

    private static VocabularyId Compute(ITokenVocabulary vocabulary)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        for (var id = 0; id < vocabulary.Count; id++)
        {
            var bytes = vocabulary.Bytes(id);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return new VocabularyId(vocabulary.Count, BinaryPrimitives.ReadUInt64LittleEndian(hash.GetHashAndReset()));
    }
}
