using System.Text;

namespace Decant.Connectors.Text;

/// <summary>What a tokenizer file says about its tokens, while it is being read.</summary>
internal sealed class TokenTable
{
    // A vocabulary is a few hundred thousand tokens; an id far beyond that is a damaged file, not a table worth allocating.
    private const int LargestId = 4_000_000;

    public byte[][] Bytes { get; private set; } = [];

    public Dictionary<string, int> Ids { get; } = new(StringComparer.Ordinal);

    public HashSet<int> Special { get; } = [];

    public bool StripsLeadingSpace { get; set; }

    public int? BeginOfText { get; set; }

    public SortedSet<int> EndOfTurn { get; } = [];

    public void Add(string token, int id, byte[] bytes)
    {
        if (id is < 0 or > LargestId) throw new FormatException($"token {token} has the id {id}");
        if (id >= Bytes.Length)
        {
            var old = Bytes.Length;
            var table = Bytes;
            Array.Resize(ref table, Math.Max(id + 1, old + old / 2));
            Array.Fill(table, [], old, table.Length - old);
            Bytes = table;
        }

        Ids[token] = id;
        Bytes[id] = bytes;
    }

    public void AddSpecial(string token, int id)
    {
        Add(token, id, Encoding.UTF8.GetBytes(token));
        Special.Add(id);
    }

    /// <summary>Cuts the table to the largest id.</summary>
    public TokenTable Complete()
    {
        Bytes = Bytes[..(Ids.Count == 0 ? 0 : Ids.Values.Max() + 1)];
        return this;
    }
}
