namespace Decant.Connectors.Cpu.Forward;

/// <summary>One row of a forward.</summary>
/// <param name="Entry">The sequence it belongs to.</param>
/// <param name="Index">Its index among the entry's rows.</param>
/// <param name="Slot">Where in the sequence its keys and values go.</param>
/// <param name="Position">Its position in the text: rows it sees before itself.</param>
/// <param name="LogitsRow">Its index among the entry's logits rows, or −1.</param>
/// <param name="Path">For a tree row, where in the path list the slots of its ancestors and itself begin; −1 otherwise.</param>
internal readonly record struct ForwardRow(ForwardEntry Entry, int Index, int Slot, int Position, int LogitsRow, int Path);
