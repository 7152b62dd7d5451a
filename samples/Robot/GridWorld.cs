using System.Text;

namespace Decant.Samples.Robot;

/// <summary>A small building seen from above: walls, a robot, and things that stand about, some of them behind walls. Immutable.</summary>
internal sealed class GridWorld
{
    private const int Size = 9;
    private const double WallShare = 0.35;
    private readonly bool[,] _walls = new bool[Size, Size];
    private readonly Dictionary<string, (int X, int Y)> _things = [];
    private readonly (int X, int Y) _robot;

    private GridWorld(Random random, IEnumerable<string> things)
    {
        for (var x = 0; x < Size; x++)
        {
            for (var y = 0; y < Size; y++) _walls[x, y] = random.NextDouble() < WallShare;
        }

        // Whatever stands in a wall has an alcove there, which may be closed on all sides.
        var places = Enumerable.Range(0, Size * Size).ToArray();
        random.Shuffle(places);
        _robot = (places[0] % Size, places[0] / Size);
        foreach (var (i, thing) in things.Index()) _things[thing] = (places[i + 1] % Size, places[i + 1] / Size);
        foreach (var (x, y) in _things.Values.Append(_robot)) _walls[x, y] = false;
        Steps = FindSteps();
    }

    /// <summary>What the robot can reach, with the number of steps it takes.</summary>
    public IReadOnlyDictionary<string, int> Steps { get; }

    /// <summary>A world in which everything that is needed can be reached; what else there is, may not.</summary>
    public static GridWorld Draw(Random random, IReadOnlyList<string> needed, IReadOnlyList<string> others)
    {
        while (true)
        {
            var world = new GridWorld(random, needed.Concat(others));
            if (needed.All(world.Steps.ContainsKey)) return world;
        }
    }

    /// <summary>The map: # is a wall, @ the robot, letters are things, listed below.</summary>
    public override string ToString()
    {
        var letters = _things.Keys.Select((thing, i) => (thing, Letter: (char)('a' + i))).ToDictionary(pair => pair.thing, pair => pair.Letter);
        var map = new StringBuilder();
        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
            {
                var thing = _things.FirstOrDefault(entry => entry.Value == (x, y)).Key;
                map.Append(thing is not null ? letters[thing] : (x, y) == _robot ? '@' : _walls[x, y] ? '#' : '.').Append(' ');
            }

            map.AppendLine();
        }

        return map + string.Join(", ", letters.Select(entry => $"{entry.Value} {entry.Key}{(Steps.ContainsKey(entry.Key) ? "" : " (walled in)")}"));
    }

    // Breadth first: the first way to a cell is a shortest one.
    private Dictionary<string, int> FindSteps()
    {
        var steps = new Dictionary<(int X, int Y), int> { [_robot] = 0 };
        var queue = new Queue<(int X, int Y)>([_robot]);
        while (queue.TryDequeue(out var cell))
        {
            foreach (var (x, y) in ((int, int)[])[(cell.X + 1, cell.Y), (cell.X - 1, cell.Y), (cell.X, cell.Y + 1), (cell.X, cell.Y - 1)])
            {
                if (x is >= 0 and < Size && y is >= 0 and < Size && !_walls[x, y] && steps.TryAdd((x, y), steps[cell] + 1)) queue.Enqueue((x, y));
            }
        }

        return _things.Where(thing => steps.ContainsKey(thing.Value)).ToDictionary(thing => thing.Key, thing => steps[thing.Value]);
    }
}
