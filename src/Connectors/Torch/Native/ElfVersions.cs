using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Decant.Connectors.Torch.Native;

/// <summary>Edits the symbol versions that a 64-bit little-endian ELF library asks of others (section .gnu.version_r).</summary>
internal static class ElfVersions
{
    private const uint Relocations = 4, VersionNeeds = 0x6ffffffe, SymbolVersions = 0x6fffffff;
    private const ushort Weak = 2;

    /// <summary>
    /// Flags as weak, in place, every version record that no relocation needs: the loader then no longer insists that the other
    /// library has it. Nothing that the library can ever call changes.
    /// </summary>
    /// <returns>The versions that were flagged, such as GLIBCXX_3.4.32.</returns>
    /// <exception cref="InvalidDataException">The image is not such a library.</exception>
    public static IReadOnlyList<string> WeakenUnused(Span<byte> image)
    {
        try
        {
            return Weaken(image);
        }
        catch (Exception exception) when (exception is ArgumentOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException("The library is not a whole 64-bit ELF file.", exception);
        }
    }

    private static List<string> Weaken(Span<byte> image)
    {
        if (image.Length < 64 || !image[..6].SequenceEqual((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
            throw new InvalidDataException("The library is not a 64-bit little-endian ELF file.");
        var sections = ReadSections(image);
        var needs = sections.Find(section => section.Type == VersionNeeds);
        if (needs.Size == 0) return [];
        var used = UsedVersions(image, sections);
        var names = sections[(int)needs.Link];

        var weakened = new List<string>();
        for (int need = needs.Offset, more = 1; more > 0; need += more)
        {
            int count = Short(image, need + 2), record = need + Int(image, need + 8);
            for (var i = 0; i < count; i++, record += Int(image, record + 12))
            {
                // Record: hash (4), flags (2), index (2), name (4), next (4).
                int flags = Short(image, record + 4), index = Short(image, record + 6);
                if (used.Contains(index) || (flags & Weak) != 0) continue;
                BinaryPrimitives.WriteUInt16LittleEndian(image[(record + 4)..], (ushort)(flags | Weak));
                weakened.Add(Text(image, names.Offset + Int(image, record + 8)));
            }

            more = Int(image, need + 12);
        }

        return weakened;
    }

    private static HashSet<int> UsedVersions(ReadOnlySpan<byte> image, List<Section> sections)
    {
        var versions = sections.Find(section => section.Type == SymbolVersions);
        if (versions.Size == 0) throw new InvalidDataException("The library asks for versions but has no table of its symbols' versions.");
        var used = new HashSet<int>();
        foreach (var section in sections.Where(section => section.Type == Relocations))
        {
            for (var at = section.Offset; at < section.Offset + section.Size; at += 24)
            {
                var symbol = Int(image, at + 12);
                if (symbol != 0) used.Add(Short(image, versions.Offset + 2 * symbol) & 0x7fff);
            }
        }

        return used;
    }

    private static List<Section> ReadSections(ReadOnlySpan<byte> image)
    {
        var start = Long(image, 40);
        int size = Short(image, 58), count = Short(image, 60);
        if (size < 64 || count == 0) throw new InvalidDataException("The library has no section table.");
        var sections = new List<Section>(count);
        for (var i = 0; i < count; i++)
        {
            var header = start + i * size;
            sections.Add(new Section((uint)Int(image, header + 4), Long(image, header + 24), Long(image, header + 32), (uint)Int(image, header + 40)));
        }

        return sections;
    }

    private static ushort Short(ReadOnlySpan<byte> image, int at) => MemoryMarshal.Read<ushort>(image.Slice(at, 2));

    private static int Int(ReadOnlySpan<byte> image, int at) => MemoryMarshal.Read<int>(image.Slice(at, 4));

    private static int Long(ReadOnlySpan<byte> image, int at) => checked((int)MemoryMarshal.Read<long>(image.Slice(at, 8)));

    private static string Text(ReadOnlySpan<byte> image, int at)
    {
        var rest = image[at..];
        return Encoding.ASCII.GetString(rest[..Math.Max(0, rest.IndexOf((byte)0))]);
    }

    private readonly record struct Section(uint Type, int Offset, int Size, uint Link);
}
